// Runs the VS Code extension against a stand-in for the editor: what it starts. node extension.cjs FOLDER
const Module = require("module");
const path = require("path");

const stands = {
  vscode: { workspace: { getConfiguration: () => ({ get: (name, otherwise) => (name === "path" ? "/opt/qi" : otherwise) }) } },
  "vscode-languageclient/node": {
    LanguageClient: class {
      constructor(...given) {
        this.given = given;
      }
      async start() {
        console.log(JSON.stringify(this.given));
      }
      async stop() {
        console.log("stopped");
      }
    },
  },
};
const load = Module._load;
Module._load = (name, ...rest) => stands[name] ?? load(name, ...rest);

const extension = require(path.join(process.argv[2], "extension.js"));
Promise.resolve(extension.activate({})).then(() => extension.deactivate());
