/** A number on an icon, at most "99+"; the text for those who do not see it stands in the label. */
export const badgeText = (n: number): string => (n > 99 ? '99+' : String(n));

export const Badge = ({ n }: { n: number }) =>
  n > 0 ? (
    <span className="badge" aria-hidden="true">
      {badgeText(n)}
    </span>
  ) : null;
