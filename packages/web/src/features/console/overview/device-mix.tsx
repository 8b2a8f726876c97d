/** What people are connected with, as one bar and in numbers. */
import { useConsoleTexts, useFormats } from '../use-console-texts.ts';
import type { Overview } from './series.ts';

const DEVICES = ['desktop', 'mobile', 'tablet', 'unknown'] as const;

export function DeviceMix({ devices }: { devices: Overview['devices'] }) {
  const { t } = useConsoleTexts();
  const { count, percent } = useFormats();
  const total = DEVICES.reduce((sum, device) => sum + devices[device], 0);
  return (
    <section className="co-card co-devices" aria-labelledby="devices-title">
      <h2 id="devices-title">{t('overview.devices')}</h2>
      <div className="co-mix" aria-hidden="true">
        {DEVICES.map((device) => (
          <span key={device} className={device} style={{ flexGrow: devices[device] }} />
        ))}
      </div>
      <dl className="co-legend">
        {DEVICES.map((device) => (
          <div key={device}>
            <dt>
              <span className={`co-key ${device}`} />
              {t(`device.${device}`)}
            </dt>
            <dd>
              {count(devices[device])}
              {total > 0 && ` · ${percent((100 * devices[device]) / total)}`}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
