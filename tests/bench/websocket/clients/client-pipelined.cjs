// client-pipelined.qi for Node's `ws`: node client-pipelined.cjs URL UNDER-WAY [CA]
const { WebSocket } = require("ws");

const [url, underWay, ca] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
const socket = new WebSocket(url, { perMessageDeflate: false, ca: ca && require("fs").readFileSync(ca) });
const texts = Array.from({ length: 61 }, (_, n) => (String(n).padStart(8, "0") + "0123456789abcdef".repeat(4)).slice(0, 64));
let n = 0;

socket.onopen = () => {
  for (let i = 0; i < underWay; i++) socket.send(texts[i % 61]);
};
socket.onmessage = ({ data }) => {
  if (data !== texts[n % 61]) throw new Error(`another text than number ${n}: ${data}`);
  socket.send(texts[(n + underWay) % 61]);
  n++;
};
socket.onclose = ({ code }) => {
  if (code !== 1000) throw new Error(`closed with ${code}`);
};
