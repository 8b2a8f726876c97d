/**
 * The pages, built into the server's package. Everything stays in files of its own (no data: URLs,
 * no inline scripts), because the pages are served under a strict content security policy.
 */
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

const SERVER = 'http://127.0.0.1:8000';

export default defineConfig({
  // Our own packages from their sources: nothing needs to be built before the pages.
  resolve: { conditions: ['@carillon/source', ...defaultClientConditions] },
  plugins: [react()],
  build: {
    outDir: '../server/public',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ['chrome123', 'edge123', 'firefox128', 'safari17.5'],
    rolldownOptions: {
      input: {
        index: 'index.html',
        chat: 'chat.html',
        console: 'console.html',
        playground: 'playground.html',
      },
    },
  },
  server: {
    proxy: {
      '/api': { target: SERVER, ws: true },
      '/ws': { target: SERVER, ws: true },
      '/docs': SERVER,
      '/health': SERVER,
    },
  },
});
