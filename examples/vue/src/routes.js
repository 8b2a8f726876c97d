/** Which pages connect, and what for. The log-in page and all others do not: `/` says so. */
export const routes = {
  '/': { enabled: false },
  '/dashboard': { features: ['system_notifications', 'messaging', 'typing_indicator'] },
  '/reports': { features: ['system_notifications'] },
};
