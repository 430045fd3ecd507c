"""R04 and R05 as one: a car's insurance ends, and one renewal case a car and year follows it (practice.md §5)."""

from app.reminders.family import Family, ShippedRule, ShippedTemplate, family

LISTED = 60  # days before the end on which a case is opened
SEASON = 90  # days between two ends that are one renewal
TOGETHER = 30  # days after the first end within which the car's other policy ends, too


def unrenewed(policy: str) -> str:
    """SQL: whether no later policy of the kind takes over by the day after this one's last."""
    return (
        f"NOT EXISTS (SELECT FROM insurance_policy n WHERE n.store_id = {policy}.store_id"
        f" AND n.vehicle_id = {policy}.vehicle_id AND n.kind = {policy}.kind AND n.status = 'in_force'"
        f" AND n.starts_on > {policy}.starts_on AND n.starts_on <= {policy}.ends_on + 1"
        f" AND n.ends_on > {policy}.ends_on)"
    )


def ending(case: str) -> str:
    """SQL: the policies in force a case is about, as `p`."""
    return (
        f"FROM insurance_policy p WHERE p.store_id = {case}.store_id AND p.vehicle_id = {case}.vehicle_id"
        f" AND p.status = 'in_force' AND p.ends_on BETWEEN {case}.due_on AND {case}.due_on + {TOGETHER}"
    )


def renewed(case: str) -> str:
    """SQL: whether the car is insured beyond the case's day and nothing of it is left to renew."""
    return (
        f"(NOT EXISTS (SELECT {ending(case)} AND {unrenewed('p')})"
        f" AND EXISTS (SELECT FROM insurance_policy p WHERE p.store_id = {case}.store_id"
        f" AND p.vehicle_id = {case}.vehicle_id AND p.status = 'in_force'"
        f" AND p.starts_on <= {case}.due_on + 1 AND p.ends_on > {case}.due_on))"
    )


# The first day on which one of the car's policies ends makes the case; a season that spans New Year stays one.
OPEN = f"""
    INSERT INTO renewal_case (store_id, subject, vehicle_id, customer_id, year, due_on, previous_id, owner_id, status)
    SELECT v.store_id, '续保', v.id, v.customer_id, extract(year FROM d.due_on), d.due_on, d.previous_id,
           c.renewal_owner_id, CASE WHEN c.renewal_owner_id IS NULL THEN 'listed' ELSE 'assigned' END
      FROM (SELECT p.vehicle_id, min(p.ends_on) AS due_on,
                   (array_agg(p.id ORDER BY p.kind = 'commercial' DESC, p.ends_on))[1] AS previous_id
              FROM insurance_policy p
             WHERE p.store_id = :store AND p.ends_on BETWEEN CAST(:today AS date) AND CAST(:today AS date) + {LISTED}
               AND p.status = 'in_force' AND {unrenewed("p")}
             GROUP BY p.vehicle_id) d
      JOIN vehicle v ON v.store_id = :store AND v.id = d.vehicle_id AND v.status = 'delivered'
      JOIN customer c ON c.store_id = v.store_id AND c.id = v.customer_id
                     AND c.merged_into_id IS NULL AND c.archived_at IS NULL
     WHERE NOT EXISTS (SELECT FROM renewal_case k WHERE k.store_id = v.store_id AND k.vehicle_id = v.id
                          AND k.due_on BETWEEN d.due_on - {SEASON} AND d.due_on + {SEASON})
     ORDER BY v.id
        ON CONFLICT DO NOTHING"""
# An end that was corrected moves its case along, unless something still ends on the case's day.
MOVE = f"""
    UPDATE renewal_case k SET due_on = p.ends_on
      FROM insurance_policy p
     WHERE k.store_id = :store AND k.due_on BETWEEN CAST(:today AS date) - {SEASON} AND CAST(:today AS date) + {SEASON}
       AND k.status NOT IN ('issued', 'lost') AND p.store_id = k.store_id AND p.id = k.previous_id
       AND p.status = 'in_force' AND p.ends_on <> k.due_on AND extract(year FROM p.ends_on) = k.year
       AND NOT EXISTS (SELECT FROM insurance_policy s WHERE s.store_id = k.store_id AND s.vehicle_id = k.vehicle_id
                          AND s.status = 'in_force' AND s.ends_on = k.due_on)"""
ANCHORS = f"""
    SELECT v.customer_id, v.id AS vehicle_id,
           coalesce(k.owner_id, c.renewal_owner_id, c.service_owner_id, c.sales_owner_id) AS employee_id,
           k.id AS renewal_case_id, 'renewal_case' AS subject_entity, k.id AS subject_record, k.due_on AS anchor_on
      FROM renewal_case k
      JOIN vehicle v ON v.store_id = k.store_id AND v.id = k.vehicle_id AND v.status = 'delivered'
      JOIN customer c ON c.store_id = v.store_id AND c.id = v.customer_id
                     AND c.merged_into_id IS NULL AND c.archived_at IS NULL
     WHERE k.store_id = :store AND k.due_on BETWEEN :since AND :until AND k.status NOT IN ('issued', 'lost')
       AND NOT {renewed("k")}"""
OF_CASE = "EXISTS (SELECT FROM renewal_case k WHERE k.store_id = r.store_id AND k.id = r.renewal_case_id AND {})"
ALL_ELSEWHERE = f"(SELECT bool_and(p.channel = 'elsewhere') {ending('k')})"

family(
    Family(
        code="R04",
        prepare=(MOVE, OPEN),
        anchors=ANCHORS,
        settled=OF_CASE.format(f"(k.status = 'issued' OR {renewed('k')})"),
        settled_as="renewed",
        dropped=OF_CASE.format("k.status = 'lost'"),
        marketing=OF_CASE.format(ALL_ELSEWHERE),
        marketing_as="elsewhere",
        until_anchor=True,
        task="renewal",
        rules=(
            ShippedRule(
                code="R04",
                name="续保分配与脱保",
                nature="internal",
                stages="-60, 1",
                channels=("in_app",),
                anchor="保险到期日（同一辆车同一年的最早一张）",
                grace=30,
            ),
            ShippedRule(
                code="R04a",
                name="保险到期提醒",
                nature="notice",
                stages="-30, -7, -1",
                channels=("email", "wechat"),
                anchor="保险到期日（同一辆车同一年的最早一张）",
                template="insurance_expiry",
            ),
            ShippedRule(
                code="R04b",
                name="续保电话",
                nature="notice",
                stages="-45, -15",
                channels=("call",),
                anchor="保险到期日（同一辆车同一年的最早一张）",
            ),
        ),
        templates=(
            ShippedTemplate(
                code="insurance_expiry",
                name="车辆保险到期提醒",
                body="{customer}：\n\n您好！以下车辆保险即将到期，请留意按时续保，以免影响用车：\n\n{items}\n\n"
                "如已办理，请忽略本提醒。如有疑问，请与我们联系。\n\n{store}",
            ),
        ),
    )
)
