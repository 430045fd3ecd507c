"""Key rotation: what each key is known by, and how far sealed values are under the newest."""

from migrations.sql_file import run

revision = "0026_rotation"
down_revision = "0025_upgrade"


def upgrade() -> None:
    run("rotation.sql")


def downgrade() -> None:
    run("rotation_down.sql")
