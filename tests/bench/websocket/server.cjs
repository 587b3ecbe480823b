// server.qi for Node's `ws`
const fs = require("fs");
const { WebSocketServer } = require("ws");

const folder = process.argv[2];
const front = folder
  ? require("https").createServer({ cert: fs.readFileSync(`${folder}/server.pem`), key: fs.readFileSync(`${folder}/server.key`) })
  : require("http").createServer();
const server = new WebSocketServer({ server: front, perMessageDeflate: false });
const subscribers = new Set();

const serve = {
  "/echo": (socket) => socket.on("message", (data, binary) => socket.send(data, { binary })),
  "/publish": (socket) =>
    socket.on("message", (data, binary) => {
      for (const each of subscribers) each.send(data, { binary });
    }),
  "/topic": (socket) => {
    subscribers.add(socket);
    socket.on("close", () => subscribers.delete(socket));
    socket.send("subscribed");
  },
};

server.on("connection", (socket, request) => serve[request.url](socket));
front.listen({ port: 0, host: "127.0.0.1" }, () => console.log(`port ${front.address().port}`));
