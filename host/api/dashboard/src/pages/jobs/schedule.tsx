import { CalendarClock } from "lucide";
import { useState } from "preact/hooks";
import { useAction } from "../../api/action";
import { send } from "../../api/client";
import { type Job, OVERLAPS } from "../../api/work";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { Icon } from "../../parts/icon";
import { Problem } from "../../parts/problem";
import { changedFields, words } from "./changes";

const FIELDS = ["every_minutes", "priority", "jitter_seconds", "overlap", "depends_on"];
const OVERLAP_WORDS = {
  skip: "Skip the new one",
  buffer: "Start one right after it",
  allow: "Start another beside it",
};

/** Changes when a job runs. */
export function EditSchedule({ job, done }: { job: Job; done: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        <Icon of={CalendarClock} />
        Change schedule
      </button>
      <Dialog open={open} title="Change schedule" onClose={() => setOpen(false)}>
        <ScheduleForm
          job={job}
          close={() => {
            setOpen(false);
            done();
          }}
        />
      </Dialog>
    </>
  );
}

function ScheduleForm({ job, close }: { job: Job; close: () => void }) {
  // What others change meanwhile is not changed back.
  const [before] = useState(job);
  const [draft, setDraft] = useState({
    every_minutes: before.every_minutes,
    priority: before.priority,
    jitter_seconds: before.jitter_seconds,
    overlap: before.overlap,
    depends_on: before.depends_on.join(", "),
  });
  const action = useAction();
  const submit = async (event: Event) => {
    event.preventDefault();
    const wanted = { ...draft, depends_on: words(draft.depends_on) };
    const save = () => send("PATCH", `/jobs/${job.id}`, changedFields(before, wanted));
    if (await action.run(save, "The schedule is changed")) close();
  };
  const number = (
    label: string,
    name: "every_minutes" | "priority" | "jitter_seconds",
    min?: number,
    hint?: string,
  ) => (
    <Field label={label} name={name} error={action.error} hint={hint}>
      {(control) => (
        <input
          {...control}
          type="number"
          required
          min={min}
          value={draft[name]}
          onInput={(event) => setDraft({ ...draft, [name]: event.currentTarget.valueAsNumber })}
        />
      )}
    </Field>
  );
  return (
    <form onSubmit={submit}>
      <div class="body">
        {number("Every so many minutes", "every_minutes", 1)}
        {number("Priority", "priority", undefined, "The higher, the earlier.")}
        {number("Jitter in seconds", "jitter_seconds", 0, "Each time is put off by up to as much.")}
        <Field label="If a run is under way when the next is due" name="overlap" error={action.error}>
          {(control) => (
            <select
              {...control}
              value={draft.overlap}
              onChange={(event) => {
                const overlap = OVERLAPS.find((one) => one === event.currentTarget.value) ?? draft.overlap;
                setDraft({ ...draft, overlap });
              }}
            >
              {OVERLAPS.map((one) => (
                <option key={one} value={one}>
                  {OVERLAP_WORDS[one]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field
          label="Depends on"
          name="depends_on"
          error={action.error}
          hint="Names of jobs, with commas between."
        >
          {(control) => (
            <input
              {...control}
              value={draft.depends_on}
              onInput={(event) => setDraft({ ...draft, depends_on: event.currentTarget.value })}
            />
          )}
        </Field>
        <Problem error={action.error} known={FIELDS} />
      </div>
      <footer>
        <button type="submit" class="primary" disabled={action.busy}>
          Save
        </button>
      </footer>
    </form>
  );
}
