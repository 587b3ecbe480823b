// client-json.qi for Bun and for Deno: client-json.mjs URL UNDER-WAY [CA] (Deno wants the authority as --cert, too)
import answer from "./answer.cjs";

const [url, , ca] = globalThis.Deno ? Deno.args : process.argv.slice(2);
const socket = ca && !globalThis.Deno ? new WebSocket(url, { tls: { ca: require("fs").readFileSync(ca) } }) : new WebSocket(url);

socket.onmessage = ({ data }) => {
  socket.send(JSON.stringify(answer(JSON.parse(data))));
};
socket.onclose = ({ code }) => {
  if (code !== 1000) throw new Error(`closed with ${code}`);
};
