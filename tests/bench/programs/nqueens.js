function isSafe(queens, column) {
  const row = queens.length;
  for (let i = 0; i < row; i++) {
    const other = queens[i];
    if (other === column || Math.abs(other - column) === row - i) return false;
  }
  return true;
}

function place(queens, n) {
  if (queens.length === n) return 1;
  let ways = 0;
  for (let column = 0; column < n; column++) {
    if (isSafe(queens, column)) {
      queens.push(column);
      ways += place(queens, n);
      queens.pop();
    }
  }
  return ways;
}

console.log(place([], Number(process.argv[2] ?? 11)));
