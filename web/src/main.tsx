import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { startI18n } from "./app/i18n";
import "./app/theme/base.css";
import "./app/theme/frame.css";
import "./app/theme/easy.css";
import "./app/theme/forms.css";
import "./app/theme/people.css";
import "./app/theme/parts.css";
import "./app/theme/journey.css";

startI18n();
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
