// Medians, ratios, and how they are printed.

/** The value at `share` (0.5: the median) of the sorted numbers, between two of them if need be. */
export function quantile(numbers, share = 0.5) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/**
 * One line of the result. `samples`: `{ ours, official }`, arrays with one number per round, both of a round measured next
 * to each other. The ratio is the median of the rounds' ratios, `spread` their middle half: on a loaded machine the rounds
 * differ far more than the two halves of a round.
 */
export function summarize({ name, unit, better = "lower", budget }, samples) {
  const ratios = samples.ours.map((ours, round) => ours / samples.official[round]).filter(Number.isFinite);
  return {
    name,
    unit,
    better,
    budget,
    rounds: samples.ours.length,
    ours: quantile(samples.ours),
    official: quantile(samples.official),
    ratio: ratios.length > 0 ? quantile(ratios) : null,
    spread: ratios.length > 1 ? [quantile(ratios, 0.25), quantile(ratios, 0.75)] : null,
    samples,
  };
}

/** The lines as a Markdown table, which is also fit to be read in a terminal. */
export function table(lines) {
  const head = ["", "ours", "official", "ratio", "middle half", "budget"];
  const rows = lines.map((line) => [
    `${line.name} (${line.unit}${line.better === "higher" ? ", more is better" : ""})`,
    readable(line.ours),
    readable(line.official),
    line.ratio === null ? "–" : line.ratio.toFixed(2),
    line.spread ? line.spread.map((ratio) => ratio.toFixed(2)).join("–") : "",
    line.budget ? `${line.better === "higher" ? "≥" : "≤"} ${line.budget}` : "",
  ]);
  const widths = head.map((title, column) => Math.max(title.length, 3, ...rows.map((row) => row[column].length)));
  const print = (cells) => `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [print(head), rule, ...rows.map(print)].join("\n");
}

function readable(value) {
  if (value === 0) return "0";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const [whole, fraction] = value.toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction ? `${grouped}.${fraction}` : grouped;
}
