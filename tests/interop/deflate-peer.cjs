// Echoes, or sends and checks echoes, with Node's `ws` and permessage-deflate as told (see run-compression).
//   node deflate-peer.cjs serve OPTIONS cooked|raw|fragments     prints `port N`, then how each connection ended
//   node deflate-peer.cjs connect OPTIONS URL                    prints what was agreed and `good`, or what was not
const { WebSocket, WebSocketServer } = require("ws");

const [role, options, third] = process.argv.slice(2);
const deflate = JSON.parse(options);

function serve() {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: deflate, maxPayload: 64 << 20 });
  server.on("connection", (socket) => {
    socket.on("message", (data, binary) => {
      const compress = third !== "raw";
      if (third !== "fragments") return socket.send(data, { binary, compress });
      const middle = data.length >> 1;
      socket.send(data.subarray(0, middle), { binary, fin: false });
      socket.ping("between");
      socket.send(data.subarray(middle), { binary, fin: true });
    });
    socket.on("error", (error) => console.log(`error ${error.message}`));
    socket.on("close", (code) => console.log(`close ${code}`));
    socket.pong("a pong with a payload");
  });
  server.on("listening", () => console.log(`port ${server.address().port}`));
}

function connect() {
  const socket = new WebSocket(third, { perMessageDeflate: deflate, maxPayload: 64 << 20 });
  const texts = ["x", "abc".repeat(10), "漢字かな".repeat(3000), Array.from({ length: 30000 }, (_, i) => i).join("")];
  const wanted = [...texts, ...texts, ...texts];
  let next = 0;
  socket.on("open", () => {
    console.log(socket.extensions || "none");
    for (const text of wanted) socket.send(text);
  });
  socket.on("message", (data) => {
    if (String(data) !== wanted[next]) console.log(`wrong message ${next}`);
    if (++next === wanted.length) socket.close(1000);
  });
  socket.on("error", (error) => console.log(`error ${error.message}`));
  socket.on("close", (code) => console.log(code === 1000 ? "good" : `close ${code}`));
}

role === "serve" ? serve() : connect();
