// What client-json.qi makes of an object, in JavaScript.
module.exports = function answer(object) {
  switch (object.type) {
    case "trade": {
      const { id, symbol, price, size, venue: { name, queue }, tags, time, note } = object;
      return { type: "filled", id, symbol, price, total: 100 * size, venue: { name, queue: queue + 1 }, tags, time, note };
    }
    case "quote": {
      const { id, symbol, bid, ask, depth, time, note } = object;
      return { type: "order", id, symbol, limit: bid, spread: ask - bid, open: true, depth, time, note };
    }
    case "status": {
      const { id, symbol, state, venue: { queue }, reason, note, time } = object;
      return { type: "seen", id, symbol, trading: state === "open", queue, reason, note, time };
    }
  }
  throw new Error(`an object of an unknown type: ${object.type}`);
};
