import { createRouter, createWebHistory } from 'vue-router';
import DashboardPage from './pages/dashboard-page.vue';
import LoginPage from './pages/login-page.vue';
import ReportsPage from './pages/reports-page.vue';

export function createAppRouter(session) {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/', redirect: '/dashboard' },
      { path: '/login', component: LoginPage },
      { path: '/dashboard', component: DashboardPage, meta: { isPrivate: true } },
      { path: '/reports', component: ReportsPage, meta: { isPrivate: true } },
    ],
  });
  router.beforeEach(async (to) => {
    await session.load();
    return to.meta.isPrivate && session.user === null ? '/login' : true;
  });
  return router;
}
