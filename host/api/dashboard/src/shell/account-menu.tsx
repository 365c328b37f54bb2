import { CircleUser, LogOut } from "lucide";
import { useAction } from "../api/action";
import { me, signOut } from "../api/session";
import { Icon } from "../parts/icon";
import { Problem } from "../parts/problem";
import { title } from "../text/words";
import { SCHEMES, scheme } from "./scheme";

/** Who is signed in, and how the pages look. */
export function AccountMenu({ path }: { path: string }) {
  const action = useAction();
  return (
    <div class="nav-group account">
      <a href="/account" aria-current={path === "/account" ? "page" : undefined}>
        <Icon of={CircleUser} />
        <bdi>{me.value?.name}</bdi>
      </a>
      <button type="button" class="quiet" disabled={action.busy} onClick={() => void action.run(signOut)}>
        <Icon of={LogOut} />
        <span>Sign out</span>
      </button>
      <Problem error={action.error} />
      <label class="scheme">
        <span>Colours</span>
        <select
          value={scheme.value}
          onChange={(event) => {
            scheme.value = SCHEMES.find((one) => one === event.currentTarget.value) ?? "system";
          }}
        >
          {SCHEMES.map((one) => (
            <option key={one} value={one}>
              {title(one)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
