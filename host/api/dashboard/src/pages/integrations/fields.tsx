import type { ApiError } from "../../api/problem";
import type { Source } from "../../api/sources";
import { Field } from "../../parts/field";
import type { Draft } from "./draft";
import type { Setting } from "./schema";
import { SettingField } from "./setting-field";

interface Props {
  source: Source;
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  error: ApiError | null;
  /** What an empty token means. */
  tokenHint?: string;
}

/** What a service is asked with: what to read, where, and as whom. */
export function ServiceFields({ source, draft, change, error, tokenHint }: Props) {
  return (
    <>
      <Field
        label="What to read"
        name="scope"
        error={error}
        hint="One a line, such as an owner, a repository, a project."
      >
        {(control) => (
          <textarea
            {...control}
            rows={3}
            required
            spellcheck={false}
            value={draft.scope}
            onInput={(event) => change({ scope: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Address" name="base_url" error={error} hint="The base of the service's API.">
        {(control) => (
          <input
            {...control}
            type="url"
            required={source.base_url === ""}
            placeholder={source.base_url}
            value={draft.base_url}
            onInput={(event) => change({ base_url: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field
        label="Token"
        name="token"
        error={error}
        hint={tokenHint ?? "It is kept encrypted, and shown to nobody."}
      >
        {(control) => (
          <input
            {...control}
            type="password"
            autocomplete="off"
            value={draft.token}
            onInput={(event) => change({ token: event.currentTarget.value })}
          />
        )}
      </Field>
    </>
  );
}

interface SettingsProps {
  source: Source;
  settings: Setting[];
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  error: ApiError | null;
}

/** The settings that the source declares. */
export function SettingFields({ source, settings, draft, change, error }: SettingsProps) {
  if (settings.length === 0) return null;
  return (
    <fieldset>
      <legend>Settings of {source.name}</legend>
      {settings.map((setting) => (
        <SettingField
          key={setting.name}
          setting={setting}
          text={draft.settings[setting.name] ?? ""}
          onChange={(text) => change({ settings: { ...draft.settings, [setting.name]: text } })}
          error={error}
        />
      ))}
    </fieldset>
  );
}
