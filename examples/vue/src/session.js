/** Who is signed in, as the application's own server says. */
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';

export const useSession = defineStore('session', () => {
  const user = shallowRef(null);
  let isLoaded = false;

  async function ask(method, query = '') {
    const response = await fetch(`/backend/session${query}`, { method });
    user.value = (await response.json()).user;
    isLoaded = true;
  }

  return {
    user,
    load: async () => isLoaded || ask('GET'),
    logIn: (name) => ask('POST', `?${new URLSearchParams({ name })}`),
    logOut: () => ask('DELETE'),
  };
});
