/** Every process and thread that answered, with its share of the work. */
import { useConsoleTexts, useFormats } from '../use-console-texts.ts';
import type { Overview } from './series.ts';

interface NodesTableProps {
  readonly nodes: Overview['nodes'];
  /** Whose charts are shown; undefined: of all. */
  readonly shown: string | undefined;
  readonly onShow: (node: string | undefined) => void;
}

export function NodesTable({ nodes, shown, onShow }: NodesTableProps) {
  const { t } = useConsoleTexts();
  return (
    <section className="co-card" aria-labelledby="nodes-title">
      <h2 id="nodes-title">{t('overview.nodes')}</h2>
      <div className="co-scroll" role="region" aria-labelledby="nodes-title" tabIndex={0}>
        <table className="co-table">
          <thead>
            <tr>
              <th scope="col">{t('node.name')}</th>
              <th scope="col">{t('node.kind')}</th>
              <th scope="col">{t('node.uptime')}</th>
              <th scope="col" className="number">
                {t('figure.connections')}
              </th>
              <th scope="col" className="number">
                {t('figure.users')}
              </th>
              <th scope="col" className="number">
                {t('node.channels')}
              </th>
              <th scope="col" className="number">
                {t('figure.received')}
              </th>
              <th scope="col" className="number">
                {t('figure.sent')}
              </th>
              <th scope="col">{t('node.charts')}</th>
            </tr>
          </thead>
          <tbody>
            {nodes.map((node) => (
              <NodeRow key={node.id} node={node} isShown={shown === node.id} onShow={onShow} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface NodeRowProps {
  readonly node: Overview['nodes'][number];
  readonly isShown: boolean;
  readonly onShow: (node: string | undefined) => void;
}

function NodeRow({ node, isShown, onShow }: NodeRowProps) {
  const { t } = useConsoleTexts();
  const { count, rate, duration } = useFormats();
  const shortId = node.id.slice(0, 6);
  return (
    <tr>
      <th scope="row">
        {node.name}
        <small>{`${shortId} · ${node.version}`}</small>
      </th>
      <td>{node.kind}</td>
      <td>{duration(node.uptime_ms)}</td>
      <td className="number">{count(node.connections)}</td>
      <td className="number">{count(node.users)}</td>
      <td className="number">{count(node.channels)}</td>
      <td className="number">{rate(node.received_per_second)}</td>
      <td className="number">{rate(node.sent_per_second)}</td>
      <td>
        <button
          type="button"
          className="text-button"
          aria-pressed={isShown}
          onClick={() => onShow(isShown ? undefined : node.id)}
        >
          {t(isShown ? 'node.showAll' : 'node.show')}
          <span className="visually-hidden">{` (${node.name} ${shortId})`}</span>
        </button>
      </td>
    </tr>
  );
}
