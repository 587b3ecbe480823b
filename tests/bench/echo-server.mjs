// tests/harness/echo-server.qi for Bun and for Deno, by what each of them has built in.
const text = globalThis.Deno ? (path) => Deno.readTextFileSync(path) : (path) => require("fs").readFileSync(path, "utf8");
const folder = globalThis.Deno ? Deno.args[0] : process.argv[2];
const tls = folder && { cert: text(`${folder}/server.pem`), key: text(`${folder}/server.key`) };
const where = { port: 0, hostname: "127.0.0.1" };

if (globalThis.Deno) {
  Deno.serve({ ...where, ...tls, onListen: ({ port }) => console.log(`port ${port}`) }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => socket.send(data);
    return response;
  });
} else {
  const server = Bun.serve({
    ...where,
    tls,
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response(null, { status: 426 })),
    websocket: { perMessageDeflate: false, message: (socket, data) => void socket.send(data) },
  });
  console.log(`port ${server.port}`);
}
