// tests/harness/echo-server.qi for Node's `ws`
const fs = require("fs");
const { WebSocketServer } = require("ws");

const folder = process.argv[2];
const front = folder
  ? require("https").createServer({ cert: fs.readFileSync(`${folder}/server.pem`), key: fs.readFileSync(`${folder}/server.key`) })
  : require("http").createServer();
const server = new WebSocketServer({ server: front, perMessageDeflate: false });
server.on("connection", (socket) => socket.on("message", (data, binary) => socket.send(data, { binary })));
front.listen(0, "127.0.0.1", () => console.log(`port ${front.address().port}`));
