// client-pipelined.qi for Bun and for Deno: client-pipelined.mjs URL UNDER-WAY [CA] (Deno wants the authority as --cert, too)
const [url, underWay, ca] = globalThis.Deno ? Deno.args : process.argv.slice(2);
const socket = ca && !globalThis.Deno ? new WebSocket(url, { tls: { ca: require("fs").readFileSync(ca) } }) : new WebSocket(url);
const texts = Array.from({ length: 61 }, (_, n) => (String(n).padStart(8, "0") + "0123456789abcdef".repeat(4)).slice(0, 64));
let n = 0;

socket.onopen = () => {
  for (let i = 0; i < underWay; i++) socket.send(texts[i % 61]);
};
socket.onmessage = ({ data }) => {
  if (data !== texts[n % 61]) throw new Error(`another text than number ${n}: ${data}`);
  socket.send(texts[(n + +underWay) % 61]);
  n++;
};
socket.onclose = ({ code }) => {
  if (code !== 1000) throw new Error(`closed with ${code}`);
};
