import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { scheme } from "../shell/scheme";
import { useWidth } from "./width";

export interface Series {
  label: string;
  /** Which of the palette's lines. */
  tone: "busy" | "bad" | "good" | "warn";
  values: (number | null)[];
  points?: boolean;
}

interface Props {
  /** What it shows, for those who do not see it. */
  label: string;
  /** Seconds since 1970. */
  times: number[];
  series: Series[];
  format: (value: number) => string;
  height?: number;
}

/** Values over time. */
export function Chart({ label, times, series, format, height = 160 }: Props) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const plot = useRef<uPlot | null>(null);
  const names = series.map((one) => one.label + one.tone).join();

  useEffect(() => {
    const element = frame.current;
    if (!element || width === 0) return;
    const made = new uPlot(options(element, { series, format, height, width }), data(times, series), element);
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [width, height, names, scheme.value]);

  useEffect(() => plot.current?.setData(data(times, series)), [times, series]);

  return <div ref={frame} class="chart" role="img" aria-label={label} />;
}

function data(times: number[], series: Series[]): uPlot.AlignedData {
  return [times, ...series.map((one) => one.values)];
}

type Wanted = Pick<Props, "series" | "format"> & { height: number; width: number };

function options(element: Element, { series, format, height, width }: Wanted): uPlot.Options {
  const colour = (name: string) => resolved(element, name);
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const axis = {
    stroke: colour("--dim"),
    font,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    cursor: { y: false, points: { size: 6 } },
    legend: { show: true, live: true },
    scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [axis, { ...axis, size: 64, values: (_, values) => values.map(format) }],
    series: [
      {
        value: (_, at) =>
          at === null ? "–" : new Date(at * 1000).toLocaleString("en", { hourCycle: "h23" }),
      },
      ...series.map((one) => ({
        label: one.label,
        stroke: colour(`--${one.tone}`),
        width: one.points ? 0 : 1.5,
        points: { show: one.points === true, size: 6, fill: colour(`--${one.tone}`) },
        value: (_: uPlot, value: number | null) => (value === null ? "–" : format(value)),
      })),
    ],
  };
}

// A canvas knows no light-dark(): the element's own colour is what it comes to.
function resolved(element: Element, name: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
