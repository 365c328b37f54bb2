import { RotateCcw, Trash2 } from "lucide";
import { send } from "../../api/client";
import { may, mayAnywhere } from "../../api/session";
import { ActionButton } from "../../parts/action";

/** Which letters, as the API has it. */
export interface Letters {
  ids?: number[] | undefined;
  fingerprint?: string | undefined;
  tenant?: string | undefined;
  integration?: number | undefined;
  stream?: string | undefined;
  /** Whether all of them will do, where nothing else is said. */
  all?: true;
}

interface Props {
  of: Letters;
  /** What these are, in the question before something is done with them. */
  what: string;
  tenant: string | null;
  done: () => void;
}

/** What can be done with dead letters, for who may do it. */
export function LetterActions({ of, what, tenant, done }: Props) {
  const offered = tenant === null ? mayAnywhere("operator") : may("operator", tenant);
  if (!offered) return null;
  return (
    <>
      <ActionButton
        label={`Replay ${what}`}
        icon={RotateCcw}
        kind="primary"
        run={() => send("POST", "/dead-letters/replay", of)}
        done="They are mapped again by what is active now"
        then={done}
      />
      <ActionButton
        label={`Drop ${what}`}
        icon={Trash2}
        kind="danger"
        ask="What is dropped is not tried again. Its raw records stay, and a replay of the stream maps them once more."
        run={() => send("POST", "/dead-letters/drop", of)}
        done="They are dropped"
        then={done}
      />
    </>
  );
}
