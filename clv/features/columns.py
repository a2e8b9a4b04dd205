"""Names of the columns of a snapshot that are not features."""

CUSTOMER = "customer_id"
TARGET = "target_net_revenue"  # net revenue in the horizon after the cutoff, money
TARGET_ORDERS = "target_orders"  # purchase days in that horizon
NOT_FEATURES = (CUSTOMER, TARGET, TARGET_ORDERS)
