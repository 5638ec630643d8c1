import { type ComponentType, type LazyExoticComponent, lazy, type ReactNode, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Navigate } from "react-router";
import { useSession } from "../../access/session";
import { Loading } from "../../shared/states";
import { NotFound } from "../NotFound";
import { mayOpen, type Page } from "../pages";
import { Forbidden } from "./Forbidden";

const parts = new Map<Page, LazyExoticComponent<ComponentType>>();

function partOf(page: Page): LazyExoticComponent<ComponentType> {
  const known = parts.get(page);
  if (known) return known;
  const made = lazy(page.load);
  parts.set(page, made);
  return made;
}

/** A page, loaded when it is opened; without its right, a page that says so and whom to ask. */
export function PageOf({ page }: { page: Page }) {
  const { session, has } = useSession();
  if (page.path === "/" && session.user?.role === "customer") return <Navigate to="/mine" replace />;
  if (page.demoOnly && !session.demo) return <NotFound />;
  if (!mayOpen(page, has)) return <Forbidden page={page} />;
  const Part = partOf(page);
  return (
    <Whole>
      <Part />
      <Arrived text={page.text} />
    </Whole>
  );
}

/** Grey lines as long as a page is on its way. */
export function Whole({ children }: { children: ReactNode }) {
  return (
    <Suspense
      fallback={
        <main className="content" id="content">
          <Loading lines={6} height={480} />
        </main>
      }
    >
      {children}
    </Suspense>
  );
}

/** Once a page stands: its name in the title of the window. A page may give itself a more exact title later. */
function Arrived({ text }: { text: string }) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${t(text)} · ${t("app.name")}`;
  }, [t, text]);
  return null;
}
