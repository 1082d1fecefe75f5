/** Colours that are told apart in grey, too, and on light and dark pages. */
export const colours = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee"] as const;

const style = `
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .small { font-size: 11px }
  .axis { stroke: #8c959f; stroke-width: 1; fill: none }
  .mark { stroke: #8c959f; stroke-width: 1; stroke-dasharray: 4 3 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } }`;

/** A picture; `title` is what a screen reader says. */
export function svg(
  width: number,
  height: number,
  title: string,
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${title}</title>`,
    `<style>${style}\n</style>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

interface TextOptions {
  readonly anchor?: "start" | "middle" | "end";
  readonly small?: boolean;
}

export function text(x: number, y: number, content: string, options: TextOptions = {}): string {
  const { anchor = "start", small = false } = options;
  const size = small ? ' class="small"' : "";
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}"${size}>${content}</text>`;
}

export function rectangle(
  x: number,
  y: number,
  width: number,
  height: number,
  colour: string,
): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${colour}"/>`;
}

export function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  kind: "axis" | "mark",
): string {
  return `<line class="${kind}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
}

export function polygon(points: readonly (readonly [number, number])[], colour: string): string {
  const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(" ");
  return `<polygon points="${path}" fill="${colour}"/>`;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
