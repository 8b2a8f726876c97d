import { sharedConnectionDirectoryContract } from '../contracts/connection-directory-contract.ts';
import { sharedControlBusContract } from '../contracts/control-bus-contract.ts';
import { sharedPresenceStoreContract } from '../contracts/presence-store-contract.ts';
import { sharedRatesContract } from '../contracts/shared-rates-contract.ts';
import { createFakeClock } from '../fake-clock.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { SimulatedEngine } from './simulated-engine.ts';
import { RATES_FORGOTTEN_MS } from './simulated-rates.ts';

const open = () => {
  const clock = createFakeClock();
  const engine = new SimulatedEngine(clock, createSeededRandom(1));
  return { clock, engine, advance: (ms: number) => clock.advance(ms) };
};

sharedControlBusContract('simulated', () => {
  const { engine } = open();
  return Promise.resolve({
    bus: engine.connect('one').parts.controlBus,
    makeSecondNode: () => Promise.resolve(engine.connect('two').parts.controlBus),
  });
});

sharedConnectionDirectoryContract('simulated', () => {
  const { engine, advance } = open();
  return Promise.resolve({
    directory: engine.connect('one').parts.directory,
    makeSecondNode() {
      const link = engine.connect('two');
      const crash = () => Promise.resolve(link.crash());
      return Promise.resolve({ directory: link.parts.directory, crash });
    },
    deadAfterMs: engine.deadAfterMs,
    advance,
  });
});

sharedPresenceStoreContract('simulated', () => {
  const { engine, advance } = open();
  return Promise.resolve({
    store: engine.connect('one').parts.presenceStore,
    makeSecondNode() {
      const link = engine.connect('two');
      const crash = () => Promise.resolve(link.crash());
      return Promise.resolve({ store: link.parts.presenceStore, crash });
    },
    deadAfterMs: engine.deadAfterMs,
    advance,
  });
});

sharedRatesContract('simulated', () => {
  const { engine, advance } = open();
  return Promise.resolve({
    rates: engine.connect('one').parts.sharedRates,
    makeSecondNode: () => Promise.resolve(engine.connect('two').parts.sharedRates),
    forgetsAfterMs: RATES_FORGOTTEN_MS,
    advance,
    close: () => Promise.resolve(),
  });
});
