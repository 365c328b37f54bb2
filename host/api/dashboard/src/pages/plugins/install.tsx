import { Upload } from "lucide";
import { useId, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { useAction } from "../../api/action";
import { upload } from "../../api/client";
import type { InstalledVersion } from "../../api/plugins";
import { Icon } from "../../parts/icon";
import { Problem } from "../../parts/problem";
import { chooseFiles, signatureHeader } from "./files";

/** Installs a component that is dropped here, or chosen. */
export function InstallPlugin({ done }: { done: () => void }) {
  const [over, setOver] = useState(false);
  const [dev, setDev] = useState(false);
  const [name, setName] = useState("");
  const action = useAction();
  const { route } = useLocation();
  const id = useId();

  const install = async (files: Iterable<File>) => {
    const { component, signature } = chooseFiles([...files]);
    if (!component) return;
    setName(component.name);
    await action.run(async () => {
      const headers = signature ? signatureHeader(await signature.text()) : {};
      const made = await upload<InstalledVersion>(`/plugins${dev ? "?dev=true" : ""}`, component, headers);
      done();
      route(`/plugins/${encodeURIComponent(made.plugin)}`);
    }, `${component.name} is installed. It does nothing until it is activated.`);
  };

  return (
    <section
      class="drop"
      data-over={over}
      aria-label="Install a plugin"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void install(event.dataTransfer?.files ?? []);
      }}
    >
      <Icon of={Upload} size={20} />
      <div>
        <label for={id}>
          <strong>Install a version:</strong> drop a component here, with its .minisig if it is signed, or
          choose it
        </label>
        <input
          id={id}
          type="file"
          multiple
          accept=".wasm,.minisig"
          disabled={action.busy}
          onChange={(event) => {
            void install(event.currentTarget.files ?? []);
            event.currentTarget.value = "";
          }}
        />
      </div>
      <label class="check">
        <input type="checkbox" checked={dev} onChange={(event) => setDev(event.currentTarget.checked)} />
        <span>In development: replace the same version</span>
      </label>
      {action.busy && (
        <div class="progress" role="status">
          <progress aria-label={`Installing ${name}`} />
          <span>
            <bdi>{name}</bdi> is checked and compiled
          </span>
        </div>
      )}
      <Problem error={action.error} />
    </section>
  );
}
