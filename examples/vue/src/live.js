/** Carillon's store under Pinia: `connected`, `connect`, `send`, `unread` and the rest, on every page. */
import { defineStore } from 'pinia';
import { carillonStore } from '@carillon/vue';

export const useLive = defineStore('live', carillonStore);
