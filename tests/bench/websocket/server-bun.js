// server.qi for Bun, by what it has built in
const fs = require("fs");

const folder = process.argv[2];
const tls = folder && { cert: fs.readFileSync(`${folder}/server.pem`, "utf8"), key: fs.readFileSync(`${folder}/server.key`, "utf8") };

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  tls,
  fetch: (request, server) =>
    server.upgrade(request, { data: new URL(request.url).pathname }) ? undefined : new Response(null, { status: 426 }),
  websocket: {
    perMessageDeflate: false,
    open(socket) {
      if (socket.data !== "/topic") return;
      socket.subscribe("all");
      socket.send("subscribed");
    },
    message(socket, data) {
      if (socket.data === "/echo") socket.send(data);
      else if (socket.data === "/publish") server.publish("all", data);
    },
  },
});
console.log(`port ${server.port}`);
