// server.qi for Deno, by what it has built in, which has no topics: a loop over all, as in Node
const folder = Deno.args[0];
const tls = folder && { cert: Deno.readTextFileSync(`${folder}/server.pem`), key: Deno.readTextFileSync(`${folder}/server.key`) };
const subscribers = new Set();

const serve = {
  "/echo": (socket) => (socket.onmessage = ({ data }) => socket.send(data)),
  "/publish": (socket) =>
    (socket.onmessage = ({ data }) => {
      for (const each of subscribers) if (each.readyState === WebSocket.OPEN) each.send(data);
    }),
  "/topic": (socket) => {
    socket.onopen = () => {
      subscribers.add(socket);
      socket.send("subscribed");
    };
    socket.onclose = () => subscribers.delete(socket);
  },
};

const onListen = ({ port }) => console.log(`port ${port}`);
Deno.serve({ port: 0, hostname: "127.0.0.1", ...tls, onListen }, (request) => {
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.binaryType = "arraybuffer";
  serve[new URL(request.url).pathname](socket);
  return response;
});
