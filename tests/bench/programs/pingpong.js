class Channel {
  #values = [];
  #receivers = [];

  send(value) {
    const receiver = this.#receivers.shift();
    if (receiver) receiver(value);
    else this.#values.push(value);
  }

  receive() {
    if (this.#values.length > 0) return Promise.resolve(this.#values.shift());
    return new Promise((resolve) => this.#receivers.push(resolve));
  }
}

async function answer(ping, pong) {
  while (true) pong.send((await ping.receive()) + 1);
}

async function main(n) {
  const ping = new Channel(), pong = new Channel();
  answer(ping, pong);
  let x = 0;
  for (let i = 0; i < n; i++) {
    ping.send(x + 1);
    x = await pong.receive();
  }
  console.log(x);
}

main(Number(process.argv[2] ?? 2000000));
