// load.qi for Node's `ws`: node load.cjs URL COUNT WINDOW [CA]
const { WebSocket } = require("ws");

const [url, total, window, ca] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4]), process.argv[5]];
const text = "0123456789abcdef".repeat(4);
const socket = new WebSocket(url, { perMessageDeflate: false, ca: ca && require("fs").readFileSync(ca) });

function exchange(total, done) {
  let received = 0;
  socket.onmessage = () => {
    if (received + window < total) socket.send(text);
    if (++received === total) done();
  };
  for (let i = 0; i < window; i++) socket.send(text);
}

socket.onopen = () =>
  exchange(Math.max(window, Math.floor(total / 10)), () => {
    console.log("start");
    setTimeout(() => exchange(total, () => { console.log("end"); socket.close(); }), 20);
  });
