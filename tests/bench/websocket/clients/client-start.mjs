// client-start.qi for Bun and for Deno: client-start.mjs URL UNDER-WAY [CA] (Deno wants the authority as --cert, too)
const [url, , ca] = globalThis.Deno ? Deno.args : process.argv.slice(2);
const socket = ca && !globalThis.Deno ? new WebSocket(url, { tls: { ca: require("fs").readFileSync(ca) } }) : new WebSocket(url);
socket.onopen = () => socket.send("hello");
socket.onmessage = ({ data }) => {
  if (data !== "hello") throw new Error(`another answer: ${data}`);
  socket.close(1000);
};
