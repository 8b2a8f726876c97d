/** A number on an icon, at most "99+"; the text for those who do not see it stands in the label. */
export const badgeText = (n: number): string => (n > 99 ? '99+' : String(n));

interface BadgeProps {
  readonly n: number;
  /** Nothing that waits for the visitor. */
  readonly isCalm?: boolean;
}

export const Badge = ({ n, isCalm = false }: BadgeProps) =>
  n > 0 ? (
    <span className={`badge${isCalm ? ' calm' : ''}`} aria-hidden="true">
      {badgeText(n)}
    </span>
  ) : null;
