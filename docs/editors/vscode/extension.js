// Starts `qi lsp` for the Qi files that are open, and stops it with the editor.
const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function activate() {
  const command = workspace.getConfiguration("qi").get("path", "qi");
  const server = { command, args: ["lsp"] };
  client = new LanguageClient("qi", "Qi", server, { documentSelector: [{ language: "qi" }] });
  return client.start();
}

function deactivate() {
  return client && client.stop();
}

module.exports = { activate, deactivate };
