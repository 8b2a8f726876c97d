import { createApp } from 'vue';
import { createPinia } from 'pinia';
import { createCarillonPlugin } from '@carillon/vue';
import '@carillon/client/styles.css';
import './app.css';
import App from './app.vue';
import { createAppRouter } from './router.js';
import { routes } from './routes.js';
import { useSession } from './session.js';

async function getToken({ signal }) {
  const response = await fetch('/backend/token', { signal });
  // Null: nobody is signed in any more. Any other failure is thrown, and tried again.
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  return (await response.json()).token;
}

const pinia = createPinia();
const session = useSession(pinia);
const router = createAppRouter(session);

createApp(App)
  .use(pinia)
  .use(router)
  .use(
    createCarillonPlugin({
      url: import.meta.env.VITE_CARILLON_URL,
      user: () => session.user,
      getToken,
      routes,
      router,
    }),
  )
  .mount('#app');
