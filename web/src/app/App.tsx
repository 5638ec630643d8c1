import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy } from "react";
import { createBrowserRouter, RouterProvider } from "react-router";
import { SessionProvider } from "../access/SessionProvider";
import { ApiError } from "../api/client";
import { Frame } from "./frame/Frame";
import { PageFailed } from "./frame/PageFailed";
import { PageOf, Whole } from "./frame/PageOf";
import { NotFound } from "./NotFound";
import { pages } from "./pages";
import { Theme } from "./theme/Theme";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      // A refusal stays a refusal; only a server that did not answer is asked once more.
      retry: (failures, error) =>
        failures < 1 && !(error instanceof ApiError && error.status > 0 && error.status < 500),
    },
  },
});

const SignIn = lazy(() => import("../access/SignInPage"));
/** For everybody who holds a receipt, signed in or not; so it stands outside the frame. */
const Verify = lazy(() => import("../verify/VerifyPage"));

const router = createBrowserRouter([
  {
    path: "/sign-in",
    element: (
      <Whole>
        <SignIn />
      </Whole>
    ),
  },
  {
    path: "/verify",
    errorElement: <PageFailed />,
    element: (
      <Whole>
        <Verify />
      </Whole>
    ),
  },
  {
    element: <Frame />,
    children: [
      {
        errorElement: <PageFailed />,
        children: [
          ...pages.map((page) => ({ path: page.path, element: <PageOf key={page.path} page={page} /> })),
          { path: "*", element: <NotFound /> },
        ],
      },
    ],
  },
]);

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Theme>
        <SessionProvider>
          <RouterProvider router={router} />
        </SessionProvider>
      </Theme>
    </QueryClientProvider>
  );
}
