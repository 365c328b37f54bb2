import type { Report, Sample } from "../../api/plugins";
import { Figures } from "../../parts/facts";
import { count, counted, share } from "../../text/numbers";
import { valueText } from "../../text/words";
import { apart } from "./apart";
import { measureOfWork } from "./measure";
import { MeasureTable } from "./measures";

interface Props {
  report: Report;
  /** The names of the two versions. */
  old: string;
  now: string;
}

/** What two versions made of the same records, side by side, column by column. */
export function ReportView({ report, old, now }: Props) {
  const places = Object.entries(report.places).sort(([, one], [, other]) => other.count - one.count);
  return (
    <>
      <Figures
        of={[
          ["Records", count(report.records)],
          ["Different", `${count(report.different)} (${share(report.different, report.records)})`],
          [
            "Broken",
            `${count(report.broken)} (${share(report.broken, report.records)})`,
            report.broken > 0 ? "bad" : "",
          ],
        ]}
      />
      {report.records > 0 && (
        <MeasureTable
          rows={[
            measureOfWork(old, report.records, report.old),
            measureOfWork(now, report.records, report.new),
          ]}
        />
      )}
      {places.length === 0 && (
        <div class="empty">
          {report.records > 0 ? "They make the same of every record." : "No records have come yet."}
        </div>
      )}
      {places.map(([place, { count: records, samples }], index) => (
        <details class="place" key={place} open={index < 5}>
          <summary>
            <code>{place}</code> <span>{counted(records, "record")}</span>
          </summary>
          <Samples place={place} samples={samples} old={old} now={now} />
        </details>
      ))}
    </>
  );
}

interface SamplesProps {
  place: string;
  samples: Sample[];
  old: string;
  now: string;
}

function Samples({ place, samples, old, now }: SamplesProps) {
  return (
    <table class="diff" aria-label={`Samples of ${place}`}>
      <thead>
        <tr>
          <th scope="col">Raw record</th>
          <th scope="col">{old}</th>
          <th scope="col">{now}</th>
        </tr>
      </thead>
      <tbody>
        {samples.map((sample) => (
          <Compared key={sample.raw_data_id} sample={sample} />
        ))}
      </tbody>
    </table>
  );
}

function Compared({ sample }: { sample: Sample }) {
  const [before, old, now, after] = apart(valueText(sample.old), valueText(sample.new));
  const none = <i class="dim">nothing</i>;
  return (
    <tr>
      <th scope="row">{sample.raw_data_id}</th>
      <td>
        {sample.old === null ? (
          none
        ) : (
          <bdi>
            {before}
            <del>{old}</del>
            {after}
          </bdi>
        )}
      </td>
      <td>
        {sample.new === null ? (
          none
        ) : (
          <bdi>
            {before}
            <ins>{now}</ins>
            {after}
          </bdi>
        )}
      </td>
    </tr>
  );
}
