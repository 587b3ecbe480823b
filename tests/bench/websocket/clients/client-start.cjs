// client-start.qi for Node's `ws`: node client-start.cjs URL UNDER-WAY [CA]
const { WebSocket } = require("ws");

const [url, ca] = [process.argv[2], process.argv[4]];
const socket = new WebSocket(url, { perMessageDeflate: false, ca: ca && require("fs").readFileSync(ca) });
socket.onopen = () => socket.send("hello");
socket.onmessage = ({ data }) => {
  if (data !== "hello") throw new Error(`another answer: ${data}`);
  socket.close(1000);
};
