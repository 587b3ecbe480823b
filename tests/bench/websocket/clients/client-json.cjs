// client-json.qi for Node's `ws`: node client-json.cjs URL UNDER-WAY [CA]
const { WebSocket } = require("ws");
const answer = require("./answer.cjs");

const [url, ca] = [process.argv[2], process.argv[4]];
const socket = new WebSocket(url, { perMessageDeflate: false, ca: ca && require("fs").readFileSync(ca) });

socket.onmessage = ({ data }) => {
  socket.send(JSON.stringify(answer(JSON.parse(data))));
};
socket.onclose = ({ code }) => {
  if (code !== 1000) throw new Error(`closed with ${code}`);
};
