// Order statistics: on a noisy machine they say more than means.

/** The smallest value that at least `share` of the values do not exceed. */
export function quantile(values, share) {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/** Median, 90th percentile and maximum, rounded to what a clock can tell. */
export function summary(values) {
  const round = (value) => Math.round(value * 1000) / 1000;
  return {
    count: values.length,
    median: round(quantile(values, 0.5)),
    p90: round(quantile(values, 0.9)),
    max: round(quantile(values, 1)),
  };
}

/** A summary in one table cell: `median / p90 / max`. */
export function cell(stats) {
  if (stats.count === 0) return '-';
  return [stats.median, stats.p90, stats.max].map((value) => value.toFixed(value < 10 ? 2 : 0)).join(' / ');
}

/** Rows of strings as a Markdown table with even columns. */
export function table(head, rows) {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells) => `| ${cells.map((text, column) => text.padEnd(widths[column])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
