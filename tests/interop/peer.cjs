// One side of a conversation (see tests/harness/conversation.py), played by Node's `ws`.
//   node peer.cjs serve PLAN      prints `port N`, then every connection's lines behind its number
//   node peer.cjs connect PLAN    prints the conversation's lines and ends
const fs = require("fs");
const http = require("http");
const https = require("https");
const { WebSocket, WebSocketServer } = require("ws");

const [role, text] = process.argv.slice(2);
const plan = JSON.parse(text);

// What arrives, in order, for whoever waits for it.
function inbox(socket) {
  const events = [], waiting = [];
  const push = (event) => (waiting.length ? waiting.shift()(event) : events.push(event));
  socket.on("message", (data, binary) => push(binary ? `binary ${data.toString("base64")}` : `text ${data}`));
  socket.on("close", (code, reason) => push(`close ${code}${reason.length ? ` ${reason}` : ""}`));
  socket.on("error", () => {});
  return () => (events.length ? Promise.resolve(events.shift()) : new Promise((resolve) => waiting.push(resolve)));
}

const abbreviate = (line) => (line.length > 300 ? `${line.slice(0, 300)}… (${line.length} characters)` : line);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const payload = (step) => {
  const data = step.data.repeat(step.times);
  return step.type === "binary" ? Buffer.from(data, "base64") : data;
};

const actions = {
  send: (socket, step) => new Promise((resolve) => socket.send(payload(step), resolve)),
  fragments: (socket, step) =>
    step.parts.forEach((part, i) => socket.send(part, { fin: i === step.parts.length - 1, compress: false })),
  raw: (socket, step) => void socket._socket.write(Buffer.from(step.data, "base64")),
  drop: (socket) => socket.terminate(),
  wait: (socket, step) => pause(step.ms),
  close: async (socket, step, next) => {
    step.code === 1005 ? socket.close() : socket.close(step.code, step.reason);
    while (!(await next()).startsWith("close"));
  },
  ping: async (socket, step) => {
    const pong = new Promise((resolve) => socket.once("pong", resolve));
    socket.ping(step.data);
    const answer = String(await pong);
    return answer === step.data ? undefined : `pong ${answer}`;
  },
  echo: async (socket, step, next) => {
    const event = await next();
    const [kind, data] = [event.split(" ", 1)[0], event.slice(event.indexOf(" ") + 1)];
    if (kind === "close") return `< ${event}`;
    socket.send(kind === "binary" ? Buffer.from(data, "base64") : data);
  },
  receive: async (socket, step, next) => {
    const event = await next();
    if (event !== `${step.type} ${step.data.repeat(step.times)}`) return abbreviate(`< ${event}`);
  },
};

async function converse(socket, steps, say) {
  const next = inbox(socket);
  for (const step of steps) say((await actions[step.do](socket, step, next)) ?? step.line);
  return next;
}

function serve() {
  const tls = plan.tls && { cert: fs.readFileSync(plan.tls.cert), key: fs.readFileSync(plan.tls.key) };
  const front = tls ? https.createServer(tls) : http.createServer();
  const handleProtocols = (offered) => (plan.protocols ?? []).find((name) => offered.has(name)) ?? false;
  const server = new WebSocketServer({ server: front, handleProtocols, maxPayload: 256 << 20 });
  let connections = 0;
  server.on("connection", async (socket, request) => {
    const number = ++connections;
    const say = (line) => console.log(`${number} ${line}`);
    say(`open ${request.url}${socket.protocol ? ` ${socket.protocol}` : ""}`);
    for (const name of plan["shown-headers"] ?? []) say(`${name}: ${request.headers[name]}`);
    const next = await converse(socket, plan.conversations[request.url] ?? [], say);
    for (;;) say(abbreviate(`then ${await next()}`));
  });
  front.listen(0, "127.0.0.1", () => console.log(`port ${front.address().port}`));
}

function connect() {
  const socket = new WebSocket(plan.url, plan.protocols ?? [], {
    headers: plan.headers ?? {},
    ca: plan.ca && fs.readFileSync(plan.ca),
    maxPayload: 256 << 20,
  });
  socket.on("error", (error) => console.log(`failed ${error.message}`));
  socket.on("open", async () => {
    console.log(`open${socket.protocol ? ` ${socket.protocol}` : ""}`);
    await converse(socket, plan.conversation, console.log);
    socket.terminate();
  });
}

role === "serve" ? serve() : connect();
