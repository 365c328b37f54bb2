import { render } from "preact";
import { loadSession } from "./api/session";
import { readAnew } from "./shell/anew";
import { App } from "./shell/app";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/controls.css";
import "./styles/tables.css";
import "./styles/parts.css";
import "./styles/flow.css";

// A host of another version has other chunks: the page that names them is read anew.
addEventListener("vite:preloadError", () => void readAnew());

const root = document.getElementById("app");
if (root) render(<App />, root);
void loadSession();
