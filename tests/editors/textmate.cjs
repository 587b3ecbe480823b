// Tokens of the samples as VS Code's own tokenizer sees them: node textmate.cjs MODULES GRAMMAR SAMPLES
// Prints, for each sample, an array of [line, start, end, scopes].
const fs = require("fs");
const path = require("path");
const [modules, grammarFile, samplesFile] = process.argv.slice(2);
const { Registry, INITIAL, parseRawGrammar } = require(path.join(modules, "vscode-textmate"));
const oniguruma = require(path.join(modules, "vscode-oniguruma"));

async function main() {
  const wasm = fs.readFileSync(path.join(modules, "vscode-oniguruma", "release", "onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => parseRawGrammar(fs.readFileSync(grammarFile, "utf8"), grammarFile),
  });
  const grammar = await registry.loadGrammar("source.qi");
  for (const sample of JSON.parse(fs.readFileSync(samplesFile, "utf8"))) {
    const tokens = [];
    let state = INITIAL;
    sample.text.split("\n").forEach((line, number) => {
      const result = grammar.tokenizeLine(line, state);
      state = result.ruleStack;
      for (const token of result.tokens) tokens.push([number, token.startIndex, token.endIndex, token.scopes.join(" ")]);
    });
    console.log(JSON.stringify(tokens));
  }
}

main();
