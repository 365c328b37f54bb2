import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { look } from "../shell/scheme";
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
  /** The distances that lines may have, where not those of the decimal system. */
  steps?: number[];
}

/** Values over time. */
export function Chart({ label, times, series, format, height = 160, steps }: Props) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const plot = useRef<uPlot | null>(null);
  const names = series.map((one) => one.label + one.tone).join();

  useEffect(() => {
    const element = frame.current;
    if (!element || width === 0) return;
    const made = new uPlot(
      options(element, { series, format, height, width, steps }),
      data(times, series),
      element,
    );
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [width, height, names, look.value]);

  useEffect(() => plot.current?.setData(data(times, series)), [times, series]);

  return <div ref={frame} class="chart" role="img" aria-label={label} />;
}

function data(times: number[], series: Series[]): uPlot.AlignedData {
  return [times, ...series.map((one) => one.values)];
}

type Wanted = Pick<Props, "series" | "format" | "steps"> & { height: number; width: number };

function options(element: Element, { series, format, height, width, steps }: Wanted): uPlot.Options {
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
    axes: [
      { ...axis, space: 90, values: (_, times) => times.map((time) => timeLabel(time, times)) },
      { ...axis, size: 72, ...(steps && { incrs: steps }), values: (_, values) => values.map(format) },
    ],
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

const DAY = 86_400;
const MINUTES = 600;

function timeLabel(time: number, all: number[]): string {
  const span = (all.at(-1) ?? 0) - (all[0] ?? 0);
  const date = new Date(time * 1000);
  if (span >= DAY) return date.toLocaleDateString("en", { month: "short", day: "numeric" });
  const second = span < MINUTES ? ({ second: "2-digit" } as const) : {};
  return date.toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", ...second, hourCycle: "h23" });
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
