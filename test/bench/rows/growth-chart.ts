/** One line of a chart: what it shows, and its value at each size. */
export interface ChartLine {
  readonly name: string;
  readonly values: readonly number[];
}

export interface Chart {
  readonly title: string;
  /** Of the values, as `ms`. */
  readonly unit: string;
  /** What is counted along the x axis, and where; drawn on a logarithmic scale. */
  readonly xName: string;
  readonly sizes: readonly number[];
  readonly lines: readonly ChartLine[];
}

const WIDTH = 760;
const HEIGHT = 380;
const LEFT = 70;
const RIGHT = 190;
const TOP = 50;
const BOTTOM = 60;
/** Told apart also by those who see few colours, on white and on black. */
const COLORS = ['#3b82c4', '#d9822b', '#2f9e62', '#b05ab5', '#c94f4f', '#8a8a2c', '#5f8f9e', '#7a6fd0'];
const STEPS = 5;

const escaped = (text: string) => text.replace(/[&<>]/g, (one) => `&#${one.charCodeAt(0)};`);

/** The next of 1, 2, 2.5, 5, 10 … above a fifth of the largest value. */
function stepOf(most: number): number {
  const rough = most / STEPS || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10) * power;
}

/** The chart as an SVG document, readable on light and on dark pages. */
export function drawChart({ title, unit, xName, sizes, lines }: Chart): string {
  const step = stepOf(Math.max(...lines.flatMap(({ values }) => values)));
  const logs = sizes.map((size) => Math.log10(size));
  const [first = 0, last = 1] = [logs[0], logs.at(-1)];
  const x = (i: number) =>
    LEFT + (((logs[i] ?? first) - first) / (last - first || 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => HEIGHT - BOTTOM - (value / (step * STEPS)) * (HEIGHT - TOP - BOTTOM);
  const text = (at: { x: number; y: number }, words: string, other = '') =>
    `<text x="${at.x.toFixed(1)}" y="${at.y.toFixed(1)}" ${other}>${escaped(words)}</text>`;
  const grid = Array.from({ length: STEPS + 1 }, (_, i) => {
    const at = y(i * step);
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at.toFixed(1)}" y2="${at.toFixed(1)}"/>${text({ x: LEFT - 8, y: at + 4 }, String(Number((i * step).toPrecision(6))), 'text-anchor="end"')}`;
  });
  const ticks = sizes.map((size, i) =>
    text({ x: x(i), y: HEIGHT - BOTTOM + 20 }, size.toLocaleString('en-US'), 'text-anchor="middle"'),
  );
  const drawn = lines.map(({ name, values }, at) => {
    const color = COLORS[at % COLORS.length];
    const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`);
    const dots = points.map((point) => {
      const [cx, cy] = point.split(',');
      return `<circle cx="${cx}" cy="${cy}" r="3" fill="${color}"/>`;
    });
    const label = `<rect x="${WIDTH - RIGHT + 20}" y="${TOP + at * 22 - 9}" width="14" height="4" fill="${color}"/>`;
    return `<polyline fill="none" stroke="${color}" stroke-width="2" points="${points.join(' ')}"/>${dots.join('')}${label}${text({ x: WIDTH - RIGHT + 40, y: TOP + at * 22 - 3 }, name)}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">
<style>
text { font: 13px sans-serif; fill: #222; } .title { font-weight: bold; font-size: 15px; } .grid { stroke: #bbb; stroke-width: 0.6; }
@media (prefers-color-scheme: dark) { text { fill: #ddd; } .grid { stroke: #555; } }
</style>
${text({ x: LEFT, y: 24 }, title, 'class="title"')}
${grid.join('\n')}
${ticks.join('\n')}
${text({ x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 14 }, xName, 'text-anchor="middle"')}
${text({ x: 16, y: (TOP + HEIGHT - BOTTOM) / 2 }, unit, `transform="rotate(-90 16 ${(TOP + HEIGHT - BOTTOM) / 2})" text-anchor="middle"`)}
${drawn.join('\n')}
</svg>
`;
}
