import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The build lands inside the Python package, because the application serves it from there at "/".
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../src/tiexin/app/web",
    emptyOutDir: true,
    target: "es2022",
    // A strict content-security policy has no room for inlined scripts or data addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules[\\/](react|react-dom|react-router|scheduler)[\\/]/, priority: 30 },
            { name: "echarts", test: /node_modules[\\/](echarts|zrender)[\\/]/, priority: 20 },
          ],
        },
      },
    },
  },
  server: { proxy: { "/v1": process.env.TIEXIN_API ?? "http://127.0.0.1:8765" } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
