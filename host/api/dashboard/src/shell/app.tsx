import { useEffect } from "preact/hooks";
import { LocationProvider } from "preact-iso";
import { connect, disconnect } from "../api/live";
import { loadSession, session } from "../api/session";
import { SetUpPage } from "../pages/setup/setup";
import { SignInPage } from "../pages/sign-in/sign-in";
import { Notice } from "../parts/notice";
import { Frame } from "./frame";

/** What is shown depends on who looks. The address stays, so that a sign-in leads to it. */
export function App() {
  return (
    <LocationProvider>
      <Gate />
      <Notice />
    </LocationProvider>
  );
}

function Gate() {
  const current = session.value;
  switch (current.state) {
    case "loading":
      return <div class="alone" aria-busy="true" />;
    case "unreachable":
      return <Unreachable />;
    case "setup":
      return <SetUpPage />;
    case "signed-out":
      return <SignInPage expired={current.expired} />;
    case "signed-in":
      return <SignedIn />;
  }
}

function SignedIn() {
  useEffect(() => {
    connect();
    return disconnect;
  }, []);
  return <Frame />;
}

const ASK_AGAIN_MS = 3_000;

function Unreachable() {
  useEffect(() => {
    const timer = setInterval(() => void loadSession(), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <main class="alone">
      <div class="card">
        <h1>The host does not answer</h1>
        <p role="status">It may be starting. This page asks again every few seconds.</p>
        <button type="button" onClick={() => void loadSession()}>
          Ask now
        </button>
      </div>
    </main>
  );
}
