import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { backend } from './backend.js';

export default defineConfig({
  plugins: [vue(), backend()],
  // Found at the first visit they would make the page load twice.
  optimizeDeps: { include: ['vue', 'vue-router', 'pinia'] },
});
