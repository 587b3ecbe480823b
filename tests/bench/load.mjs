// load.qi for Bun and for Deno: load.mjs URL COUNT WINDOW [CA] (Deno wants the authority as --cert, too)
const [url, total, window, ca] = globalThis.Deno ? Deno.args : process.argv.slice(2);
const text = "0123456789abcdef".repeat(4);
const socket = ca && !globalThis.Deno ? new WebSocket(url, { tls: { ca: require("fs").readFileSync(ca) } }) : new WebSocket(url);

function exchange(total, done) {
  let received = 0;
  socket.onmessage = () => {
    if (received + +window < total) socket.send(text);
    if (++received === total) done();
  };
  for (let i = 0; i < window; i++) socket.send(text);
}

socket.onopen = () =>
  exchange(Math.max(window, Math.floor(total / 10)), () => {
    console.log("start");
    setTimeout(() => exchange(+total, () => { console.log("end"); socket.close(); }), 20);
  });
